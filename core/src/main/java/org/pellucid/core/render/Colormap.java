package org.pellucid.core.render;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Colours for numbers from 0 to 1. Colours are {@code 0xRRGGBB}, in sRGB. */
public enum Colormap {
  /**
   * A rainbow with even steps, from dark blue over green to dark red: the polynomials of degree 5
   * that its author published as its approximation (Anton Mikhailov, "Turbo, An Improved Rainbow
   * Colormap for Visualization", Google, 2019; Apache-2.0).
   */
  TURBO {
    @Override
    double[] colour(double x) {
      return new double[] {
        polynomial(
            x, 0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943),
        polynomial(x, 0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604),
        polynomial(
            x, 0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973)
      };
    }
  },

  /**
   * The rainbow of the Grad-CAM papers, from dark blue over cyan and yellow to dark red: each
   * channel a trapezium of height 1, flat for a quarter and rising and falling over a quarter, with
   * its middle at 3/4 (red), 2/4 (green) and 1/4 (blue).
   */
  JET {
    @Override
    double[] colour(double x) {
      return new double[] {trapezium(x, 0.75), trapezium(x, 0.5), trapezium(x, 0.25)};
    }

    private double trapezium(double x, double middle) {
      return 1.5 - 4 * Math.abs(x - middle);
    }
  },

  /** From dark violet over green to yellow, even in lightness (S. van der Walt, N. Smith; CC0). */
  VIRIDIS {
    private final double[][] table = table("viridis.txt");

    @Override
    double[] colour(double x) {
      return look(table, x);
    }
  },

  /** From black over red to light yellow, even in lightness (S. van der Walt, N. Smith; CC0). */
  INFERNO {
    private final double[][] table = table("inferno.txt");

    @Override
    double[] colour(double x) {
      return look(table, x);
    }
  },

  /** From black to white. */
  GRAY {
    @Override
    double[] colour(double x) {
      return new double[] {x, x, x};
    }
  };

  private static final int TABLE_SIZE = 256;

  /** Red, green and blue of a number from 0 to 1; values out of 0 to 1 are to be clamped. */
  abstract double[] colour(double x);

  /**
   * The colour of a number.
   *
   * @param x from 0 to 1; what is below has the colour of 0, what is above that of 1, and NaN that
   *     of 0
   * @return {@code 0xRRGGBB}
   */
  public int rgb(double x) {
    double[] colour = colour(x > 0 ? Math.min(x, 1) : 0);
    int rgb = 0;
    for (double channel : colour) {
      rgb = rgb << 8 | (int) Math.round(255 * Math.max(0, Math.min(1, channel)));
    }
    return rgb;
  }

  /** Evaluates {@code c[0] + c[1] x + c[2] x^2 + ...}. */
  private static double polynomial(double x, double... c) {
    double value = 0;
    for (int i = c.length - 1; i >= 0; i--) {
      value = value * x + c[i];
    }
    return value;
  }

  /** Between two entries of a table, linearly. */
  private static double[] look(double[][] table, double x) {
    double position = x * (table.length - 1);
    int below = Math.min((int) position, table.length - 2);
    double part = position - below;
    double[] colour = new double[3];
    for (int channel = 0; channel < colour.length; channel++) {
      colour[channel] = (1 - part) * table[below][channel] + part * table[below + 1][channel];
    }
    return colour;
  }

  /** Reads a table made by {@code core/make/colormaps.py}. */
  private static double[][] table(String resource) {
    double[][] table = new double[TABLE_SIZE][3];
    try (InputStream in = Colormap.class.getResourceAsStream(resource);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (double[] colour : table) {
        int rgb = Integer.parseInt(lines.readLine().strip(), 16);
        colour[0] = (rgb >> 16) / 255.0;
        colour[1] = (rgb >> 8 & 0xff) / 255.0;
        colour[2] = (rgb & 0xff) / 255.0;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table;
  }
}
