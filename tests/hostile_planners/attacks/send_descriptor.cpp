// Sends the host a descriptor that it did not ask for.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(send_descriptor) {
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  char line[] = R"({"jsonrpc":"2.0","method":"log","params":{"level":"info","message":"x"}})"
                "\n";
  iovec text{line, sizeof line - 1};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  const int sent = hostile::channel();
  (void)memcpy(CMSG_DATA(header), &sent, sizeof sent);
  return hostile::tried("sendmsg", sendmsg(sent, &message, 0));
}
