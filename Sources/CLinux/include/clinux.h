// The Linux calls that Swift's Glibc module does not export.
#pragma once
#include <sys/timerfd.h>
