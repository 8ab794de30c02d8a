package org.pellucid.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Need;
import org.pellucid.api.Options;
import org.pellucid.core.Registry;
import org.pellucid.core.bench.Work;
import picocli.CommandLine.Option;

/** What {@code bench} times: methods, with samples and batches. */
final class BenchWorks {
  private static final String SAMPLES = "samples";
  private static final List<String> BY_DEFAULT =
      List.of("grad-cam", "grad-cam++", "smooth-grad-cam++");

  @Option(
      names = {"--methods", "--method"},
      completionCandidates = Choices.Methods.class,
      paramLabel = "ID",
      split = ",",
      description =
          "Methods, or all. The plain forward pass is always timed. Default: grad-cam, grad-cam++,"
              + " smooth-grad-cam++. See: pellucid methods")
  private List<String> methods = new ArrayList<>(BY_DEFAULT);

  @Option(
      names = "--samples",
      paramLabel = "N",
      split = ",",
      description =
          "Numbers of samples, or auto, for methods that take them. Default: the method's.")
  private List<String> samples = new ArrayList<>();

  @Option(
      names = "--batch",
      paramLabel = "N",
      split = ",",
      description =
          "Variants of the image that run at once, for methods that make several, and for the"
              + " forward pass; auto for what explain does. Default: auto.")
  private List<String> batches = new ArrayList<>();

  @Option(
      names = "--layer",
      paramLabel = "L",
      description = "Layer, for methods that explain one. Default: as explain.")
  private String layer;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      parameterConsumer = Values.Settings.class,
      description = "An option of methods that have it. See: pellucid methods ID")
  private List<String> settings = new ArrayList<>();

  /** Everything to time, what needs least memory first. */
  List<Work> works(Registry registry) {
    List<Explainer> explainers =
        CompareCommand.named("--methods", methods).isEmpty()
            ? registry.explainers()
            : methods.stream().map(String::strip).map(registry::explainer).distinct().toList();
    Map<String, String> options = Settings.read(settings);
    checkKnown(explainers, options);
    List<OptionalInt> sizes =
        batches.isEmpty()
            ? List.of(OptionalInt.empty())
            : batches.stream().map(BenchWorks::batch).distinct().toList();
    Set<Work> works = new LinkedHashSet<>(List.of(Work.ONE_FORWARD));
    sizes.stream()
        .flatMapToInt(OptionalInt::stream)
        .forEach(copies -> works.add(Work.forward(copies)));
    for (String count : samples.isEmpty() ? List.of("") : samples) {
      for (OptionalInt size : sizes) {
        for (Explainer explainer : explainers) {
          works.add(work(explainer, options, count, size));
        }
      }
    }
    return List.copyOf(works);
  }

  /** The layer that was named. */
  Optional<String> layer() {
    return Optional.ofNullable(layer);
  }

  private static OptionalInt batch(String text) {
    if (text.equals("auto")) {
      return OptionalInt.empty();
    }
    if (!text.matches("[1-9]\\d{0,5}")) {
      throw new InvalidRequestException("--batch takes numbers from 1, or auto; found " + text);
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  private Work work(
      Explainer explainer, Map<String, String> options, String count, OptionalInt batch) {
    Map<String, String> own = new LinkedHashMap<>();
    options.forEach(
        (name, value) -> {
          if (has(explainer, name)) {
            own.put(name, value);
          }
        });
    if (has(explainer, SAMPLES) && !count.isEmpty()) {
      Settings.put(own, SAMPLES, count.strip());
    }
    // A value that is wrong should not wait for a large model.
    Options.parse(explainer.options(), own);
    return new Work(
        explainer.id(),
        own,
        layer().filter(name -> explainer.needs().contains(Need.LAYER)),
        makesVariants(explainer) ? batch : OptionalInt.empty());
  }

  private static boolean has(Explainer explainer, String option) {
    return explainer.options().stream().anyMatch(each -> each.name().equals(option));
  }

  /** Whether a method runs several variants of the image, which may travel together. */
  private static boolean makesVariants(Explainer explainer) {
    return has(explainer, SAMPLES)
        || has(explainer, "steps")
        || explainer.needs().contains(Need.MANY_FORWARDS)
        || explainer.needs().contains(Need.RESUME);
  }

  private static void checkKnown(List<Explainer> explainers, Map<String, String> options) {
    for (String name : options.keySet()) {
      if (explainers.stream().noneMatch(explainer -> has(explainer, name))) {
        throw new InvalidRequestException(
            "None of the methods "
                + explainers.stream().map(Explainer::id).toList()
                + " has an option \""
                + name
                + "\"");
      }
    }
  }
}
