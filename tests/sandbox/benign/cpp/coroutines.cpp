// prints: 0 1 2
#include <coroutine>
#include <iostream>

struct Generator {
  struct promise_type {
    int value = 0;
    Generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int v) {
      value = v;
      return {};
    }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};

static Generator count() {
  for (int i = 0; i < 3; i++)
    co_yield i;
}

int main() {
  auto g = count();
  for (int i = 0; i < 3; i++) {
    g.handle.resume();
    std::cout << g.handle.promise().value << (i < 2 ? " " : "\n");
  }
  g.handle.destroy();
}
