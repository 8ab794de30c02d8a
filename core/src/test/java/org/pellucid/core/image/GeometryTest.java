package org.pellucid.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Rectangle;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Region;
import org.pellucid.core.image.Preset.Resize;

class GeometryTest {

  @Test
  void stretches() {
    Geometry geometry = Geometry.of(Resize.STRETCH, 400, 200, 100, 100);
    assertThat(geometry.covered()).isEqualTo(new Rectangle(0, 0, 400, 200));
    assertThat(geometry.toInput(0, 0, 400, 200)).isEqualTo(Region.pixels(0, 0, 100, 100));
    assertThat(geometry.toInput(40, 20, 4, 2)).isEqualTo(Region.pixels(10, 10, 1, 1));
    // One pixel of the image lies in one of the input, two across an edge in two.
    assertThat(geometry.toInput(43, 20, 1, 1)).isEqualTo(Region.pixels(10, 10, 1, 1));
    assertThat(geometry.toInput(43, 20, 2, 1)).isEqualTo(Region.pixels(10, 10, 1, 2));
  }

  @Test
  void enlarges() {
    Geometry geometry = Geometry.of(Resize.STRETCH, 4, 4, 10, 10);
    // Pixel 1 reaches from 2.5 to 5 of the input: it lies on pixels 2, 3, 4.
    assertThat(geometry.toInput(1, 1, 1, 1)).isEqualTo(Region.pixels(2, 2, 3, 3));
  }

  @Test
  void crops() {
    Geometry geometry = Geometry.of(Resize.CROP, 400, 200, 100, 100);
    assertThat(geometry).isEqualTo(new Geometry(400, 200, 100, 100, 200, 100, -50, 0));
    assertThat(geometry.covered()).isEqualTo(new Rectangle(100, 0, 200, 200));
    assertThat(geometry.toInput(100, 0, 2, 2)).isEqualTo(Region.pixels(0, 0, 1, 1));
    assertThat(geometry.toInput(298, 198, 2, 2)).isEqualTo(Region.pixels(99, 99, 1, 1));
    for (int x : new int[] {99, 299}) {
      assertThatThrownBy(() -> geometry.toInput(x, 0, 2, 2))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("100 to 299 by 0 to 199");
    }
  }

  /** As torchvision: the longer side is rounded down, the offset half to even. */
  @Test
  void cropsAsTorchvision() {
    assertThat(Geometry.of(Resize.CROP, 53, 37, 16, 16))
        .isEqualTo(new Geometry(53, 37, 16, 16, 22, 16, -3, 0));
    // An excess of 5: 2.5 rounds to 2; of 7: 3.5 rounds to 4.
    assertThat(Geometry.of(Resize.CROP, 21, 16, 16, 16).left()).isEqualTo(-2);
    assertThat(Geometry.of(Resize.CROP, 16, 23, 16, 16).top()).isEqualTo(-4);
  }

  @Test
  void fits() {
    Geometry geometry = Geometry.of(Resize.FIT, 400, 200, 100, 101);
    assertThat(geometry).isEqualTo(new Geometry(400, 200, 100, 101, 100, 50, 0, 25));
    assertThat(geometry.covered()).isEqualTo(new Rectangle(0, 0, 400, 200));
    assertThat(geometry.toInput(0, 0, 4, 4)).isEqualTo(Region.pixels(25, 0, 1, 1));
  }

  @Test
  void refusesRectanglesOutsideOfTheImage() {
    Geometry geometry = Geometry.of(Resize.STRETCH, 40, 20, 10, 10);
    int[][] outside = {
      {-1, 0, 1, 1},
      {0, -1, 1, 1},
      {40, 0, 1, 1},
      {0, 0, 41, 1},
      {0, 0, 1, 21},
      {0, 0, 0, 1},
      {1, 0, Integer.MAX_VALUE, 1}
    };
    for (int[] r : outside) {
      assertThatThrownBy(() -> geometry.toInput(r[0], r[1], r[2], r[3]))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("0 to 39 by 0 to 19");
    }
  }

  @Test
  void refusesToCropThreads() {
    assertThatThrownBy(() -> Geometry.of(Resize.CROP, 65_535, 1, 65_535, 65_535))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("fit");
  }

  /** Whatever is covered can be asked for; both directions agree; undistorted where promised. */
  @Test
  void isConsistentForAnySizes() {
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      int width = 1 + random.nextInt(300);
      int height = 1 + random.nextInt(300);
      int inputWidth = 1 + random.nextInt(60);
      int inputHeight = 1 + random.nextInt(60);
      Resize resize = Resize.values()[i % 3];
      Geometry geometry = Geometry.of(resize, width, height, inputWidth, inputHeight);
      Rectangle all = geometry.covered();
      Region region = geometry.toInput(all.x, all.y, all.width, all.height);
      assertThat(region.start().get(0) + region.size().get(0)).isLessThanOrEqualTo(inputHeight);
      assertThat(region.start().get(1) + region.size().get(1)).isLessThanOrEqualTo(inputWidth);
      if (resize == Resize.CROP) {
        assertThat(region).isEqualTo(Region.pixels(0, 0, inputHeight, inputWidth));
      } else {
        assertThat(all).isEqualTo(new Rectangle(0, 0, width, height));
      }
      int x = all.x + random.nextInt(all.width);
      int y = all.y + random.nextInt(all.height);
      Region pixel = geometry.toInput(x, y, 1, 1);
      assertThat(pixel.start().get(1))
          .isLessThanOrEqualTo((int) Math.floor(geometry.inputX(x + 1)));
      assertThat(geometry.imageX(geometry.inputX(x))).isCloseTo(x, within(1e-9));
      assertThat(geometry.imageY(geometry.inputY(y))).isCloseTo(y, within(1e-9));
    }
  }
}
