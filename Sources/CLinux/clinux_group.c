#include "clinux_group.h"
#include <string.h>
#include <sys/xattr.h>

int clinux_has_attribute(const char *path, const char *name, const char *value) {
    char found[16];
    ssize_t size = getxattr(path, name, found, sizeof found);
    return size >= 0 && (size_t)size == strlen(value) && memcmp(found, value, (size_t)size) == 0;
}
