package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Shape;

/** Which cells regions mark, along any number of axes. */
class RegionTest {
  private static Region cells(List<Integer> start, List<Integer> size) {
    return new Region(Region.Unit.CELLS, start, size);
  }

  private static Region pixels(List<Integer> start, List<Integer> size) {
    return new Region(Region.Unit.INPUT_PIXELS, start, size);
  }

  private static int[] marked(Region region, Shape layer, Shape input) {
    boolean[] mask = new boolean[(int) layer.size()];
    region.mark(mask, layer, input);
    return IntStream.range(0, mask.length).filter(i -> mask[i]).toArray();
  }

  @Test
  void cellsAreMarkedAlongEveryAxis() {
    Shape nothing = Shape.of(1);
    assertThat(marked(cells(List.of(2), List.of(3)), Shape.of(6), nothing))
        .containsExactly(2, 3, 4);
    assertThat(marked(Region.cells(1, 0, 2, 2), Shape.of(3, 4), nothing))
        .containsExactly(4, 5, 8, 9);
    assertThat(marked(Region.cell(2, 3), Shape.of(3, 4), nothing)).containsExactly(11);
    assertThat(
            marked(cells(List.of(1, 0, 2), List.of(1, 2, 1)), Shape.of(2, 2, 3), Shape.of(1, 1, 1)))
        .containsExactly(8, 11);
  }

  @Test
  void pixelsMarkTheCellsThatTheyOverlap() {
    // Cells of 2.5 pixels: 0 to 2.5, to 5, to 7.5, to 10.
    assertThat(marked(pixels(List.of(2), List.of(1)), Shape.of(4), Shape.of(10)))
        .containsExactly(0, 1);
    assertThat(marked(pixels(List.of(5), List.of(2)), Shape.of(4), Shape.of(10)))
        .containsExactly(2);
    assertThat(marked(Region.pixels(0, 5, 1, 5), Shape.of(2, 2), Shape.of(4, 10)))
        .containsExactly(1);
    assertThat(
            marked(
                pixels(List.of(3, 0, 0), List.of(1, 4, 2)), Shape.of(2, 1, 2), Shape.of(4, 4, 4)))
        .containsExactly(2);
  }

  @Test
  void rowsComeInOrder() {
    List<Integer> rows = new ArrayList<>();
    cells(List.of(0, 1, 2), List.of(2, 2, 1)).rows(Shape.of(3, 3, 4), rows::add);
    assertThat(rows).containsExactly(6, 10, 18, 22);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> marked(Region.cells(0, 2, 1, 3), Shape.of(3, 4), Shape.of(8, 8)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("0 to 0 by 2 to 4")
        .hasMessageContaining("cells 0 to 2 by 0 to 3");
    assertThatThrownBy(() -> marked(pixels(List.of(9), List.of(2)), Shape.of(4), Shape.of(10)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("9 to 10")
        .hasMessageContaining("pixels 0 to 9");
    assertThatThrownBy(() -> marked(Region.cell(0, 0), Shape.of(4), Shape.of(10)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("2 axes")
        .hasMessageContaining("along 1 axis");
    assertThatThrownBy(() -> marked(Region.pixels(0, 0, 1, 1), Shape.of(4), Shape.of(2, 10)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no cells of a layer");
    for (List<Integer> wrong : List.of(List.<Integer>of(), List.of(-1), List.of(1, 1))) {
      assertThatThrownBy(() -> cells(wrong, List.of(1)))
          .isInstanceOf(InvalidRequestException.class);
    }
    assertThatThrownBy(() -> cells(List.of(0), List.of(0)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("at least 1 long");
  }
}
