// Opens a way to ask the kernel about the network.
#include <linux/netlink.h>
#include <sys/socket.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(ask_netlink) {
  return hostile::tried("socket", socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
}
