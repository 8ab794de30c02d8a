package org.pellucid.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.pellucid.api.ClosedFormExplainer;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.Metric;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Option;
import org.pellucid.api.Precision;
import org.pellucid.core.DifferentiationRequest;
import org.pellucid.core.ExplanationFiles;
import org.pellucid.core.Fusion;
import org.pellucid.core.image.Preset;
import org.pellucid.core.render.Colormap;
import org.pellucid.core.render.Normalization;
import org.pellucid.core.render.Upsampling;

/** The words that an option takes, for the completion of a shell. */
abstract class Choices implements Iterable<String> {
  private final Supplier<List<String>> words;

  /** Takes words that are asked for only when somebody wants to know: services take their time. */
  private Choices(Supplier<List<String>> words) {
    this.words = words;
  }

  private Choices(List<String> words) {
    this(() -> words);
  }

  private Choices(Class<? extends Enum<?>> type) {
    this(Arrays.stream(type.getEnumConstants()).map(Option::text).toList());
  }

  @Override
  public Iterator<String> iterator() {
    return words.get().iterator();
  }

  /** For {@code --method}. */
  static final class Methods extends Choices {
    Methods() {
      super(() -> Installation.standard().explainers().stream().map(Explainer::id).toList());
    }
  }

  /** For {@code --metrics}. */
  static final class Metrics extends Choices {
    Metrics() {
      super(() -> Installation.standard().metrics().stream().map(Metric::id).toList());
    }
  }

  /** For {@code --method} of what becomes a model. */
  static final class Formulas extends Choices {
    Formulas() {
      super(
          () ->
              Installation.standard().explainers().stream()
                  .filter(ClosedFormExplainer.class::isInstance)
                  .map(Explainer::id)
                  .toList());
    }
  }

  /** For {@code --target} of what becomes a model. */
  static final class DifferentiationTargets extends Choices {
    DifferentiationTargets() {
      super(List.of(DifferentiationRequest.CLASS_INPUT, "top"));
    }
  }

  /** For {@code --backend}. */
  static final class Backends extends Choices {
    Backends() {
      super(
          () ->
              Stream.concat(
                      Stream.of("auto"),
                      Installation.standard().backends().stream().map(GradientBackend::id))
                  .toList());
    }
  }

  /** For {@code --device}. */
  static final class Devices extends Choices {
    Devices() {
      super(List.of("auto", "cpu", "gpu", "gpu:0"));
    }
  }

  /** For {@code --precision}. */
  static final class Precisions extends Choices {
    Precisions() {
      super(Precision.class);
    }
  }

  /** For {@code --preset}; a file may be given, too. */
  static final class Presets extends Choices {
    Presets() {
      super(Preset.names());
    }
  }

  /** For {@code --layout}. */
  static final class Layouts extends Choices {
    Layouts() {
      super(Preset.Layout.class);
    }
  }

  /** For {@code --resize}. */
  static final class Resizes extends Choices {
    Resizes() {
      super(Preset.Resize.class);
    }
  }

  /** For {@code --neurons}. */
  static final class Roles extends Choices {
    Roles() {
      super(NeuronSelection.Role.class);
    }
  }

  /** For {@code --fuse}. */
  static final class Fusions extends Choices {
    Fusions() {
      super(Fusion.class);
    }
  }

  /** For {@code --format}. */
  static final class Formats extends Choices {
    Formats() {
      super(ExplanationFiles.Format.class);
    }
  }

  /** For {@code --colormap}. */
  static final class Colormaps extends Choices {
    Colormaps() {
      super(Colormap.class);
    }
  }

  /** For {@code --normalize}. */
  static final class Normalizations extends Choices {
    Normalizations() {
      super(Normalization.class);
    }
  }

  /** For {@code --upsample}. */
  static final class Upsamplings extends Choices {
    Upsamplings() {
      super(Upsampling.class);
    }
  }
}
