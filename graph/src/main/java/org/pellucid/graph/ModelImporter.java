package org.pellucid.graph;

import java.nio.file.Path;

/**
 * Reads model files of one format. A service: implementations stand in {@code META-INF/services}
 * and have a public constructor without parameters.
 */
public interface ModelImporter {
  /** A short stable name: {@code "onnx"}. */
  String id();

  /** Whether a file looks like this format, by its name or first bytes. Never throws. */
  boolean accepts(Path file);

  /**
   * Reads a model. Every tensor keeps the name it has in the file; shape arithmetic is folded away
   * for concrete input shapes; narrow floats are widened to float32.
   *
   * @throws MalformedInputException if the file is missing, damaged or contradicts itself
   * @throws UnsupportedModelException if it is valid but uses what is not supported
   */
  ModelGraph read(Path file, ImportOptions options);
}
