// sha256: 03c31b70d5ebdf3be1cac2634a930597d810dbce8a31e664f066e7f5e3fcfc08
#include <iostream>

int main() {
  std::ios::sync_with_stdio(false);
  for (long i = 0; i < 80000; i++)
    std::cout << i * i << '\n';
}
