#include "CBuild.h"

__attribute__((weak)) const char *const kata_build_commit = "";
