# prints: Grüße [1, 2, 3] {"a"=>1} 2.5
require 'json'
require 'set'

puts ['Grüße', [3, 1, 2].sort, JSON.parse('{"a": 1}'), Rational(5, 2).to_f].map { |x| x.is_a?(String) ? x : x.inspect }.join(' ')
