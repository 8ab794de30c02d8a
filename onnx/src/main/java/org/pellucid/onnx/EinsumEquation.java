package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.pellucid.graph.Shape;

/**
 * An equation of Einstein's summation, as {@code "bij,bjk->bik"}: a letter for each axis of each
 * operand, and of the result. An ellipsis is replaced by letters of its own for the axes that it
 * stands for, which are aligned at their ends.
 *
 * @param operands the axes of each operand
 * @param result the axes of the result
 */
record EinsumEquation(List<List<Character>> operands, List<Character> result) {
  /** Stands for the last axis of an ellipsis; the axes before it count down. */
  private static final char LAST_OF_ELLIPSIS = 31;

  /** The most axes that an ellipsis can stand for. */
  private static final int MOST_AXES = 30;

  /**
   * Reads an equation for operands of some shapes.
   *
   * @throws IllegalArgumentException if it is none, or does not fit the shapes
   */
  static EinsumEquation of(String text, List<Shape> shapes) {
    String equation = text.replace(" ", "");
    int arrow = equation.indexOf("->");
    String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    if (terms.length != shapes.size()) {
      throw new IllegalArgumentException(
          "equation " + text + " has " + terms.length + " operands, the node " + shapes.size());
    }
    List<List<Character>> operands = new ArrayList<>();
    int ellipsis = 0;
    for (int i = 0; i < terms.length; i++) {
      int rank = shapes.get(i).rank();
      int hidden = rank - terms[i].replace("...", "").length();
      if (hidden < 0 || hidden > MOST_AXES || hidden > 0 && !terms[i].contains("...")) {
        throw new IllegalArgumentException(
            "operand " + terms[i] + " of the equation does not fit " + shapes.get(i));
      }
      ellipsis = Math.max(ellipsis, hidden);
      operands.add(axes(terms[i], hidden, text));
    }
    List<Character> result =
        arrow < 0
            ? implied(operands, ellipsis)
            : axes(equation.substring(arrow + 2), ellipsis, text);
    for (char axis : result) {
      if (result.indexOf(axis) != result.lastIndexOf(axis)
          || operands.stream().noneMatch(operand -> operand.contains(axis))) {
        throw new IllegalArgumentException("the result of equation " + text + " makes no sense");
      }
    }
    return new EinsumEquation(operands, result);
  }

  private static List<Character> axes(String term, int hidden, String text) {
    List<Character> axes = new ArrayList<>();
    int dots = term.indexOf("...");
    for (int i = 0; i < term.length(); i++) {
      if (i == dots) {
        axes.addAll(ellipsis(hidden));
        i += 2;
      } else if (Character.isLetter(term.charAt(i))) {
        axes.add(term.charAt(i));
      } else {
        throw new IllegalArgumentException("attribute equation=" + text + " makes no sense");
      }
    }
    return axes;
  }

  private static List<Character> ellipsis(int length) {
    List<Character> axes = new ArrayList<>();
    for (int i = length - 1; i >= 0; i--) {
      axes.add((char) (LAST_OF_ELLIPSIS - i));
    }
    return axes;
  }

  /** Without an arrow, the result has the ellipsis and what occurs once, in alphabetic order. */
  private static List<Character> implied(List<List<Character>> operands, int ellipsis) {
    TreeMap<Character, Integer> counts = new TreeMap<>();
    operands.forEach(operand -> operand.forEach(axis -> counts.merge(axis, 1, Integer::sum)));
    List<Character> result = new ArrayList<>(ellipsis(ellipsis));
    counts.forEach(
        (axis, count) -> {
          if (axis > LAST_OF_ELLIPSIS && count == 1) {
            result.add(axis);
          }
        });
    return result;
  }

  /** The length of an axis: of the operands that have it, all but those where it is 1 agree. */
  int length(char axis, List<Shape> shapes) {
    int length = 1;
    for (int i = 0; i < operands.size(); i++) {
      for (int a = 0; a < operands.get(i).size(); a++) {
        int found = shapes.get(i).dim(a);
        if (operands.get(i).get(a) != axis || found == 1) {
          continue;
        }
        if (length != 1 && length != found) {
          throw new IllegalArgumentException(
              "axes of lengths "
                  + length
                  + " and "
                  + found
                  + " have one letter in operands "
                  + Arrays.toString(shapes.toArray()));
        }
        length = found;
      }
    }
    return length;
  }
}
