// prints: 5000
#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

int main() {
  std::atomic<int> total = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 5; i++)
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; j++)
        total++;
    });
  threads.clear();
  std::cout << total << std::endl;
}
