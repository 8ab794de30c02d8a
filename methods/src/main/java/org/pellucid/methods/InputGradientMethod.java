package org.pellucid.methods;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.explain.SelectedLayer;

/**
 * A method that makes a map of the gradient at the input, a number per channel and pixel first.
 * Channels are selected as feature maps are, pixels as neurons, whatever their role.
 */
abstract class InputGradientMethod implements Explainer {
  static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final Option<ChannelReduction> channels;
  private final List<Option<?>> options;

  /**
   * A method.
   *
   * @param reduction the default
   * @param source of the default
   * @param further options
   */
  InputGradientMethod(ChannelReduction reduction, String source, Option<?>... further) {
    this.channels =
        Option.choice(
            "channels",
            reduction,
            "How channels become one map: their largest magnitude, their sum, the sum of their"
                + " magnitudes, or their Euclidean length",
            source);
    List<Option<?>> all = new ArrayList<>(List.of(further));
    all.add(channels);
    this.options = List.copyOf(all);
  }

  /** How channels become one map. */
  public final Option<ChannelReduction> channels() {
    return channels;
  }

  @Override
  public List<Option<?>> options() {
    return options;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.INPUT_GRADIENTS);
  }

  /** The map of the selected channels. */
  Field reduce(Field field, SelectedLayer layer, Options values) {
    return values.get(channels).reduce(ALGEBRA.mul(field, layer.mapsByIndex(id())));
  }
}
