// Makes the host the owner of a socket, so that the kernel sends it a signal when something comes.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(signal_host_by_ownership) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return hostile::denied("socketpair");
  if (fcntl(pair[0], F_SETOWN, static_cast<int>(hostile::number("host"))) != 0) return hostile::denied("F_SETOWN");
  if (fcntl(pair[0], F_SETSIG, SIGURG) != 0) return hostile::denied("F_SETSIG");
  if (fcntl(pair[0], F_SETFL, O_ASYNC) != 0) return hostile::denied("O_ASYNC");
  return hostile::tried("write", write(pair[1], "x", 1));
}
