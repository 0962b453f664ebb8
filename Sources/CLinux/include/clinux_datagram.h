// Datagrams to a local socket. Passing a descriptor takes macros of C, and files in memory are not in Swift's Glibc module.
#pragma once
#include <stddef.h>

/// A socket that sends datagrams to whoever is bound to a path now, closed on exec; -1 with errno on failure, which is
/// ECONNREFUSED if nobody is.
int clinux_datagram_connect(const char *path);

/// Sends a datagram without waiting. One that is too large for the socket is sent as a file in memory which nobody can change
/// any more, as the journal takes it. Returns 0, or -1 with errno, which is EAGAIN as long as there is no room.
int clinux_datagram_send(int socket, const void *bytes, size_t count);

/// Whether the receiver has taken everything that was sent: 1 or 0; 1 if the kernel does not say.
int clinux_datagram_is_taken(int socket);
