#define _GNU_SOURCE
#include "clinux_datagram.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int clinux_datagram_connect(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    if (connect(descriptor, (const struct sockaddr *)&address, sizeof address) < 0) {
        int code = errno;
        close(descriptor);
        errno = code;
        return -1;
    }
    return descriptor;
}

// A file in memory with these bytes, sealed; -1 with errno.
static int sealed_file(const void *bytes, size_t count) {
    int file = memfd_create("kata-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -1;
    size_t written = 0;
    while (written < count) {
        ssize_t step = write(file, (const char *)bytes + written, count - written);
        if (step < 0 && errno != EINTR) break;
        if (step > 0) written += (size_t)step;
    }
    int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (written == count && fcntl(file, F_ADD_SEALS, seals) == 0) return file;
    int code = errno;
    close(file);
    errno = code;
    return -1;
}

static int send_file(int socket, int file) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &file, sizeof file);
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int clinux_datagram_send(int socket, const void *bytes, size_t count) {
    if (send(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return 0;
    if (errno != EMSGSIZE) return -1;
    int file = sealed_file(bytes, count);
    if (file < 0) return -1;
    int outcome = send_file(socket, file);
    int code = errno;
    close(file);
    errno = code;
    return outcome;
}

int clinux_datagram_is_taken(int socket) {
    int left = 0;
    return ioctl(socket, SIOCOUTQ, &left) < 0 || left == 0;
}
