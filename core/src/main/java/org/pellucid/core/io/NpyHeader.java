package org.pellucid.core.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;

/**
 * What the header of an .npy file says. It is the literal of a Python dictionary, as {@code
 * {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }}, with exactly these three keys.
 *
 * @param littleEndian byte order of the elements
 * @param kind NumPy's letter: f, i, u or b
 * @param width bytes per element
 * @param fortranOrder whether the first axis varies fastest
 * @param shape lengths of the axes
 */
record NpyHeader(
    boolean littleEndian, char kind, int width, boolean fortranOrder, List<Long> shape) {
  private static final Set<String> TYPES =
      Set.of("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1");
  private static final int HIGHEST_RANK = 32;

  NpyHeader {
    shape = List.copyOf(shape);
  }

  /** Parses the text of a header; the name stands in messages. */
  static NpyHeader parse(String name, String text) {
    return new Parser(name, text).header();
  }

  /** The number of elements; refuses more than a tensor can hold. */
  int elements(String name) {
    long count = 1;
    for (long dim : shape) {
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw new MalformedInputException(
            name + " has the shape " + shape + "; axes from 0 to 2^31-1 work");
      }
      // Both factors are below 2^31, so the product does not overflow before it is refused.
      count *= Math.max(1, dim);
      if (count > Integer.MAX_VALUE) {
        throw new MalformedInputException(
            name + " has the shape " + shape + "; up to 2^31-1 elements work");
      }
    }
    return shape.contains(0L) ? 0 : (int) count;
  }

  private static final class Parser {
    private static final int LONGEST_STRING = 100;

    private final String name;
    private final String text;
    private int position;

    Parser(String name, String text) {
      this.name = name;
      this.text = text;
    }

    NpyHeader header() {
      Map<String, Object> entries = new LinkedHashMap<>();
      expect('{');
      while (!accept('}')) {
        String key = string();
        expect(':');
        if (entries.put(key, value()) != null) {
          throw broken("the key '" + key + "' twice");
        }
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      if (peek() != 0) {
        throw broken("text after the closing brace");
      }
      if (!entries.keySet().equals(Set.of("descr", "fortran_order", "shape"))) {
        throw broken("the keys " + entries.keySet());
      }
      if (!(entries.get("descr") instanceof String descr)) {
        throw new MalformedInputException(
            name + " holds records; arrays of one type work: " + types());
      }
      if (!(entries.get("fortran_order") instanceof Boolean fortran)
          || !(entries.get("shape") instanceof List<?> dims)) {
        throw broken("values of another type than they should be");
      }
      return of(descr, fortran, dims.stream().map(Long.class::cast).toList());
    }

    private NpyHeader of(String descr, boolean fortran, List<Long> shape) {
      boolean ordered = !descr.isEmpty() && "<>|=".indexOf(descr.charAt(0)) >= 0;
      String type = ordered ? descr.substring(1) : descr;
      char order = ordered ? descr.charAt(0) : '<';
      if (!TYPES.contains(type) || (order == '|' && type.charAt(1) != '1')) {
        throw new MalformedInputException(
            name + " has elements of type '" + descr + "'; these work: " + types());
      }
      return new NpyHeader(order != '>', type.charAt(0), type.charAt(1) - '0', fortran, shape);
    }

    private static String types() {
      return "f2, f4, f8, i1, i2, i4, i8, u1, u2, u4 and b1";
    }

    private Object value() {
      char next = peek();
      if (next == '\'' || next == '"') {
        return string();
      }
      if (next == '(') {
        return tuple();
      }
      if (next == '[') {
        // A list describes records. What follows does not matter: they are refused.
        position = text.length();
        throw new MalformedInputException(
            name + " holds records; arrays of one type work: " + types());
      }
      for (boolean truth : new boolean[] {false, true}) {
        String word = truth ? "True" : "False";
        if (text.startsWith(word, position)) {
          position += word.length();
          return truth;
        }
      }
      throw broken("an unexpected value");
    }

    private List<Long> tuple() {
      List<Long> numbers = new ArrayList<>();
      expect('(');
      while (!accept(')')) {
        numbers.add(number());
        if (numbers.size() > HIGHEST_RANK) {
          throw broken("more than " + HIGHEST_RANK + " axes");
        }
        if (!accept(',')) {
          expect(')');
          break;
        }
      }
      return numbers;
    }

    private long number() {
      peek();
      int start = position;
      while (position < text.length() && Character.digit(text.charAt(position), 10) >= 0) {
        position++;
      }
      String digits = text.substring(start, position);
      // Python 2 wrote long integers with an L.
      accept('L');
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        throw broken("an axis that is not a length");
      }
    }

    private String string() {
      char quote = peek();
      if (quote != '\'' && quote != '"') {
        throw broken("no quoted string where one is due");
      }
      int end = text.indexOf(quote, position + 1);
      if (end < 0) {
        throw broken("a string that does not end");
      }
      String string = text.substring(position + 1, end);
      // They are shown in messages of one line.
      if (string.length() > LONGEST_STRING) {
        throw broken("a string of " + string.length() + " characters");
      }
      if (string.chars().anyMatch(Character::isISOControl)) {
        throw broken("a string with control characters");
      }
      position = end + 1;
      return string;
    }

    private boolean accept(char wanted) {
      if (peek() != wanted) {
        return false;
      }
      position++;
      return true;
    }

    private void expect(char wanted) {
      if (!accept(wanted)) {
        throw broken("no '" + wanted + "' where one is due");
      }
    }

    /** The next character that is not white space, which is skipped; 0 at the end. */
    private char peek() {
      while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
        position++;
      }
      return position < text.length() ? text.charAt(position) : 0;
    }

    private MalformedInputException broken(String found) {
      return new MalformedInputException(
          name
              + " is not a readable .npy file: its header has "
              + found
              + " (character "
              + position
              + ")");
    }
  }
}
