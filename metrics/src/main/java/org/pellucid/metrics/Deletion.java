package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Deletion: how soon the network loses the class when pixels are taken away, the highest of the map
 * first. With P(k) the probability of the class when the part k/n of all pixels is gone, n {@link
 * #STEPS},
 *
 * <pre>
 * deletion = 1/n sum_{k=1..n} (P(k-1) + P(k)) / 2
 * </pre>
 *
 * <p>V. Petsiuk, A. Das, K. Saenko: "RISE: randomized input sampling for explanation of black-box
 * models", BMVC 2018, arXiv 1806.07421, section 4.2 (source: secondary). As in the authors' code,
 * what is taken away becomes 0 in units of the network's input ({@code fill} offers the channel's
 * mean and a blurred image, too). They take one pixel per column at a step, {@code steps=224} for
 * 224 by 224 pixels. Equal pixels go in an order that is drawn.
 */
public final class Deletion extends PixelCurve {
  /** What is left. */
  public static final Option<Fill> FILL =
      Option.choice("fill", Fill.ZERO, "What stands in place of pixels that are gone", PAPER);

  /** As services are made. */
  public Deletion() {
    super(FILL);
  }

  @Override
  public String id() {
    return "deletion";
  }

  @Override
  public String description() {
    return "How long the class survives when pixels are taken away, the highest first ("
        + PAPER
        + ")";
  }

  @Override
  public Direction direction() {
    return Direction.LOWER_IS_BETTER;
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    return measure(trial, options, false);
  }
}
