package org.pellucid.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Region;

/** How selections are written on the command line. */
final class RegionText {
  private RegionText() {}

  /** {@code R,C[,H,W]} as a rectangle of cells. */
  static Region cells(String text) {
    int[] numbers = numbers("--cells", "R,C or R,C,H,W", text);
    return Region.cells(numbers[0], numbers[1], numbers[2], numbers[3]);
  }

  /** {@code X,Y[,W,H]} as a rectangle of pixels. */
  static Region pixels(String text) {
    int[] numbers = numbers("--pixels", "X,Y or X,Y,W,H", text);
    return Region.pixels(numbers[1], numbers[0], numbers[3], numbers[2]);
  }

  private static int[] numbers(String option, String form, String text) {
    if (!text.matches("\\d{1,6},\\d{1,6}(,\\d{1,6},\\d{1,6})?")) {
      throw new InvalidRequestException(
          option + " takes " + form + " in whole numbers, found \"" + text + "\"");
    }
    int[] given = Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
    return given.length == 4 ? given : new int[] {given[0], given[1], 1, 1};
  }

  /** {@code 3,7-9} or {@code top:K} as a selection of feature maps. */
  static MapSelection maps(String text) {
    if (text.matches("top:\\d{1,6}")) {
      return new MapSelection.TopByContribution(Integer.parseInt(text.substring(4)));
    }
    if (!text.matches("\\d{1,6}(-\\d{1,6})?(,\\d{1,6}(-\\d{1,6})?)*")) {
      throw new InvalidRequestException(
          "--maps takes indices and ranges as 3,7-9, or top:K, found \"" + text + "\"");
    }
    List<Integer> indices = new ArrayList<>();
    for (String part : text.split(",")) {
      String[] ends = part.split("-");
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      if (last < first) {
        throw new InvalidRequestException("The range " + part + " of --maps ends before it begins");
      }
      for (int i = first; i <= last; i++) {
        indices.add(i);
      }
    }
    return new MapSelection.Indices(indices);
  }
}
