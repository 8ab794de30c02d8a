package org.pellucid.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Region;

/** How selections are written on the command line. */
final class RegionText {
  private RegionText() {}

  private static final Pattern STRETCH = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  /** {@code R,C[,H,W]}, {@code I[-J]} or {@code D,R,C[,DEPTH,H,W]} as a block of cells. */
  static Region cells(String text) {
    return region(
        Region.Unit.CELLS,
        text,
        "--cells takes R,C or R,C,H,W of an image's layer, I or I-J of a signal's, D,R,C or"
            + " D,R,C,DEPTH,H,W of a volume's");
  }

  /** {@code X,Y[,W,H]}, {@code I[-J]} or {@code X,Y,Z[,W,H,DEPTH]} as a block of pixels. */
  static Region pixels(String text) {
    Region region =
        region(
            Region.Unit.INPUT_PIXELS,
            text,
            "--pixels takes X,Y or X,Y,W,H of an image, I or I-J of a signal, X,Y,Z or"
                + " X,Y,Z,W,H,DEPTH of a volume");
    return new Region(region.unit(), reversed(region.start()), reversed(region.size()));
  }

  private static Region region(Region.Unit unit, String text, String form) {
    Matcher stretch = STRETCH.matcher(text);
    if (stretch.matches()) {
      int first = Integer.parseInt(stretch.group(1));
      int last = stretch.group(2) == null ? first : Integer.parseInt(stretch.group(2));
      if (last < first) {
        throw new InvalidRequestException("The stretch " + text + " ends before it begins");
      }
      return new Region(unit, List.of(first), List.of(last - first + 1));
    }
    if (!text.matches("\\d{1,6}(,\\d{1,6}){1,5}")) {
      throw refusal(form, text);
    }
    List<Integer> given = Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
    return switch (given.size()) {
      case 2, 3 -> new Region(unit, given, Collections.nCopies(given.size(), 1));
      case 4, 6 ->
          new Region(
              unit,
              given.subList(0, given.size() / 2),
              given.subList(given.size() / 2, given.size()));
      default -> throw refusal(form, text);
    };
  }

  private static InvalidRequestException refusal(String form, String text) {
    return new InvalidRequestException(form + ", in whole numbers; found \"" + text + "\"");
  }

  /** Columns come first where people count pixels, and last in arrays. */
  private static List<Integer> reversed(List<Integer> numbers) {
    List<Integer> reversed = new ArrayList<>(numbers);
    Collections.reverse(reversed);
    return reversed;
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
