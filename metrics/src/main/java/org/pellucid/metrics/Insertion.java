package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Insertion: how soon the network finds the class when pixels appear, the highest of the map first.
 * With P(k) the probability of the class when the part k/n of all pixels is there, n {@link
 * #STEPS},
 *
 * <pre>
 * insertion = 1/n sum_{k=1..n} (P(k-1) + P(k)) / 2
 * </pre>
 *
 * <p>V. Petsiuk, A. Das, K. Saenko: "RISE: randomized input sampling for explanation of black-box
 * models", BMVC 2018, arXiv 1806.07421, section 4.2 (source: secondary). Pixels appear in a blurred
 * image, as in the authors' code, whose kernel of 11 by 11 pixels and edges differ a little ({@link
 * Fill#BLUR}). They show one pixel per column at a step, {@code steps=224} for 224 by 224 pixels.
 * Equal pixels appear in an order that is drawn.
 */
public final class Insertion extends PixelCurve {
  /** What is there before. */
  public static final Option<Fill> FILL =
      Option.choice("fill", Fill.BLUR, "What stands in place of pixels that are not there", PAPER);

  /** As services are made. */
  public Insertion() {
    super(FILL);
  }

  @Override
  public String id() {
    return "insertion";
  }

  @Override
  public String description() {
    return "How soon the class is found when pixels appear, the highest first (" + PAPER + ")";
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    return measure(trial, options, true);
  }
}
