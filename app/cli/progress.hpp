// A line on the terminal that says what is going on when it takes longer than a second. Owned by a command; one thread
// of its own while it shows something.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace planguild::cli {

class progress_line {
 public:
  /// `shown` false: it never prints anything and has no thread.
  explicit progress_line(bool shown);
  /// Clears the line.
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  /// What is going on from now on; printable text. `more` is asked again and again while the line shows, by a thread of
  /// the line's own, for what to say behind it; it must not block for long, and what it uses must outlive `end`. Any
  /// thread.
  void stage(std::string text, std::function<std::string()> more = {});
  /// Ends it before something else is printed; later calls do nothing.
  void end();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace planguild::cli
