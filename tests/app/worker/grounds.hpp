// What the worker's tests attack and what they may reach: a temporary folder with copies of the programs (reachable by
// any user, wherever the build lies), files inside and outside of the grants, and listening sockets. Made once, gone
// with the process. Test support; one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace planguild::test {

class grounds {
 public:
  static grounds& get();

  /// Makes all files anew and gives them to `user`, so that nothing but a layer protects them.
  void reset(uid_t user);

  std::string programs() const { return path_ + "/bin"; }
  std::string worker() const { return path_ + "/bin/planguild-worker"; }
  std::string program() const { return path_ + "/bin/attempt_program"; }
  std::string secret() const { return path_ + "/home/secret"; }  // outside of every grant, mode 0600
  std::string victim() const { return path_ + "/home/victim"; }  // likewise; may be lost
  std::string outside() const { return path_ + "/home"; }
  std::string repository() const { return path_ + "/repository"; }  // granted for reading
  std::string readable() const { return path_ + "/repository/file"; }
  std::string scratch() const { return path_ + "/scratch"; }  // granted for writing, where anything is
  std::string writable() const { return path_ + "/scratch/file"; }
  std::string removable() const { return path_ + "/scratch/other"; }
  std::string unix_socket() const { return path_ + "/home/socket"; }
  std::string abstract_socket() const { return abstract_; }
  std::string tcp_port() const { return tcp_port_; }
  std::string other_tcp_port() const { return other_tcp_port_; }
  std::string udp_port() const { return udp_port_; }

  /// The options that grant the programs and the repository for reading.
  std::vector<std::string> grants() const;
  /// The same and the scratch folder for writing.
  std::vector<std::string> write_grants() const;

 private:
  grounds();
  ~grounds();
  void listen_to_everything();

  std::string path_;
  std::string abstract_;
  std::string tcp_port_;
  std::string other_tcp_port_;
  std::string udp_port_;
  std::vector<int> sockets_;
};

/// The users under whom the worker is tried: root and 65534, or, where the tests do not run as root, their own.
std::vector<uid_t> users();

}  // namespace planguild::test
