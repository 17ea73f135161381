// expect: runtime_error
// signal: 6
// errors: (?s).*std::out_of_range.*
#include <vector>

int main() { return std::vector<int>{}.at(1); }
