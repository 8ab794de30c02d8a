package org.pellucid.core;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;

/**
 * What a request asks to be explained: in a user's words, which are understood when the model is
 * known, or as targets made in Java.
 *
 * @param words as on the command line, {@code top} or {@code contrast:3,7}; empty where targets are
 *     given
 * @param targets that are explained one by one; empty where words are given
 * @param reads the tensor that the targets read; empty for the model's scores
 */
public record TargetChoice(String words, List<Target> targets, Optional<Tap> reads) {
  /** The predicted class. */
  public static final TargetChoice TOP = of("top");

  /** Either words or targets. */
  public TargetChoice {
    Objects.requireNonNull(words, "words");
    targets = List.copyOf(targets);
    Objects.requireNonNull(reads, "reads");
    if (words.isEmpty() == targets.isEmpty()) {
      throw new InvalidRequestException(
          "What is explained is said in words or by at least one target, and not both; found \""
              + words
              + "\" and "
              + targets.size()
              + " targets");
    }
  }

  /** In words. */
  public static TargetChoice of(String words) {
    return new TargetChoice(words, List.of(), Optional.empty());
  }

  /** Targets that read the model's scores. */
  public static TargetChoice of(Target... targets) {
    return new TargetChoice("", List.of(targets), Optional.empty());
  }

  /** The same targets, reading another tensor of the network. */
  public TargetChoice reading(Tap tensor) {
    return new TargetChoice(words, targets, Optional.of(tensor));
  }

  /** The words, or what the targets say of themselves. */
  public String describe() {
    return words.isEmpty()
        ? targets.stream().map(Target::describe).collect(Collectors.joining(", "))
        : words;
  }
}
