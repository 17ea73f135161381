// family: processes
// language: cpp
// expect: process_limit time_limit
// limits: wall=2
// heavy: yes
// breach: more threads than the limit of processes
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <thread>

int main() {
  int made = 0;
  try {
    for (;; made++)
      std::thread([] { std::this_thread::sleep_for(std::chrono::seconds(60)); }).detach();
  } catch (const std::system_error &) {
    std::printf("%s\n", made > 64 ? "BREACH too many threads" : "held");
    std::fflush(stdout);
    std::_Exit(1);
  }
}
