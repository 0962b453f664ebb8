// Control groups. Extended attributes are not in Swift's Glibc module.
#pragma once

/// Whether a file has an extended attribute of that value: 1 or 0. The value has at most 16 bytes.
int clinux_has_attribute(const char *path, const char *name, const char *value);
