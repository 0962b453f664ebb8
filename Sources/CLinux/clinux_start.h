#pragma once

// Opens a descriptor for a time when there is no other, unless there is one already.
void clinux_keep_spare_descriptor(void);
