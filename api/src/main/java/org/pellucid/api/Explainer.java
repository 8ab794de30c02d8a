package org.pellucid.api;

import java.util.List;
import java.util.Set;

/**
 * A method of explanation: asks a {@link ModelProbe} questions and does arithmetic on the answers.
 * A service: implementations stand in {@code META-INF/services} and have a public constructor
 * without parameters. Stateless, and safe for use by several threads.
 *
 * @since 0.1.0
 */
public interface Explainer {
  /** A short stable name, lower case with hyphens: {@code "grad-cam"}. */
  String id();

  /** Other names it is known by. */
  default List<String> aliases() {
    return List.of();
  }

  /** What it shows and how, in one sentence with the paper. */
  String description();

  /** Its options; empty where it has none. */
  List<Option<?>> options();

  /** What it asks of a backend and a model. */
  Set<Need> needs();

  /**
   * Explains one image and one target.
   *
   * @throws InvalidRequestException if the selection does not fit the layer
   */
  Saliency explain(ModelProbe probe, Selection selection, Options options);
}
