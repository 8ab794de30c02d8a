package org.pellucid.core.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ColormapTest {

  /** Viridis and inferno as matplotlib publishes them; jet, gray by definition. */
  @ParameterizedTest
  @CsvSource({
    "VIRIDIS, 0, 440154",
    "VIRIDIS, 128, 21918C",
    "VIRIDIS, 255, FDE725",
    "INFERNO, 0, 000004",
    "INFERNO, 128, BC3754",
    "INFERNO, 255, FCFFA4",
    "JET, 0, 000080",
    "JET, 255, 800000",
    "GRAY, 0, 000000",
    "GRAY, 77, 4D4D4D",
    "GRAY, 255, FFFFFF"
  })
  void hasItsColours(Colormap colormap, int step, String rgb) {
    assertThat(String.format("%06X", colormap.rgb(step / 255.0))).isEqualTo(rgb);
  }

  @Test
  void jetHasItsCorners() {
    assertThat(Colormap.JET.rgb(0.125)).isEqualTo(0x0000ff);
    assertThat(Colormap.JET.rgb(0.375)).isEqualTo(0x00ffff);
    assertThat(Colormap.JET.rgb(0.5)).isEqualTo(0x80ff80);
    assertThat(Colormap.JET.rgb(0.625)).isEqualTo(0xffff00);
    assertThat(Colormap.JET.rgb(0.875)).isEqualTo(0xff0000);
  }

  /**
   * Entries of the published table; its polynomial is off by up to 20 steps between the dark ends.
   */
  @ParameterizedTest
  @CsvSource({
    "32, 70, 107, 227",
    "64, 40, 188, 235",
    "96, 50, 242, 152",
    "128, 164, 252, 60",
    "192, 251, 126, 33",
    "224, 208, 47, 5"
  })
  void turboIsNearItsTable(int step, int red, int green, int blue) {
    int rgb = Colormap.TURBO.rgb(step / 255.0);
    assertThat(rgb >> 16).isBetween(red - 20, red + 20);
    assertThat(rgb >> 8 & 0xff).isBetween(green - 20, green + 20);
    assertThat(rgb & 0xff).isBetween(blue - 20, blue + 20);
  }

  @ParameterizedTest
  @EnumSource
  void clampsAndStaysSmooth(Colormap colormap) {
    assertThat(colormap.rgb(-3)).isEqualTo(colormap.rgb(0));
    assertThat(colormap.rgb(Double.NaN)).isEqualTo(colormap.rgb(0));
    assertThat(colormap.rgb(Double.POSITIVE_INFINITY)).isEqualTo(colormap.rgb(1));
    int before = colormap.rgb(0);
    for (int i = 1; i <= 1000; i++) {
      int colour = colormap.rgb(i / 1000.0);
      for (int shift = 0; shift <= 16; shift += 8) {
        assertThat((colour >> shift & 0xff) - (before >> shift & 0xff)).isBetween(-4, 4);
      }
      before = colour;
    }
  }
}
