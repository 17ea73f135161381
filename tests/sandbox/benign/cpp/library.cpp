// prints: apple=2 pear=1 | 1 2 3 | Grüße
#include <bits/stdc++.h>

int main() {
  std::map<std::string, int> counts;
  for (auto *word : {"pear", "apple", "apple"})
    counts[word]++;
  for (auto &[word, n] : counts)
    std::cout << word << '=' << n << ' ';
  std::vector<int> v{3, 1, 2};
  std::ranges::sort(v);
  std::cout << '|';
  for (int x : v)
    std::cout << ' ' << x;
  std::cout << " | Grüße" << std::endl;
}
