# stdin: 3\n4\n
# prints: 7 [0, 1, 4, 9]
sum = $stdin.each_line.sum(&:to_i)
puts "#{sum} #{4.times.map { |n| Thread.new { n * n } }.map(&:value)}"
