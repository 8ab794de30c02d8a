package org.pellucid.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a graph is written as ONNX.
 *
 * <pre>{@code
 * OnnxWriter.write(graph, file, WriteOptions.DEFAULT.withOpset(16).withSymbolicBatch());
 * }</pre>
 *
 * @param opset the version of the ONNX operators to be used, from {@link #OLDEST_OPSET} to {@link
 *     #NEWEST_OPSET}; operations that it does not have are composed of those that it has
 * @param symbolicBatch whether the model is to take any number of samples, a dimension called
 *     {@code N}, whatever number the graph was made for
 * @param largestFile the size in bytes up to which a model is one file; of a larger one, the
 *     constants go to a second file beside it, named after it with {@code .data} at the end
 * @param properties metadata_props of the file, beside those that the graph was read with
 * @param documentation the model's doc_string, may be empty
 */
public record WriteOptions(
    int opset,
    boolean symbolicBatch,
    long largestFile,
    Map<String, String> properties,
    String documentation) {
  /** The oldest operator set that can be written. */
  public static final int OLDEST_OPSET = 13;

  /** The newest operator set that can be written. */
  public static final int NEWEST_OPSET = 26;

  /** No protobuf message may be larger. */
  private static final long LARGEST_MESSAGE = Integer.MAX_VALUE;

  /** The newest operators, the graph's own number of samples, one file below 2 GB. */
  public static final WriteOptions DEFAULT =
      new WriteOptions(NEWEST_OPSET, false, LARGEST_MESSAGE, Map.of(), "");

  /**
   * Copies the properties.
   *
   * @throws IllegalArgumentException if there is no such operator set, or the size is negative
   */
  public WriteOptions {
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw new IllegalArgumentException(
          "ONNX can be written with the operators of version "
              + OLDEST_OPSET
              + " to "
              + NEWEST_OPSET
              + " (opset), "
              + opset
              + " was asked for");
    }
    if (largestFile < 0) {
      throw new IllegalArgumentException("A file cannot have " + largestFile + " bytes");
    }
    largestFile = Math.min(largestFile, LARGEST_MESSAGE);
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    Objects.requireNonNull(documentation, "documentation");
  }

  /** With another operator set. */
  public WriteOptions withOpset(int version) {
    return new WriteOptions(version, symbolicBatch, largestFile, properties, documentation);
  }

  /** For any number of samples. */
  public WriteOptions withSymbolicBatch() {
    return new WriteOptions(opset, true, largestFile, properties, documentation);
  }

  /** With the constants in a second file if the model would otherwise be larger than this. */
  public WriteOptions withLargestFile(long bytes) {
    return new WriteOptions(opset, symbolicBatch, bytes, properties, documentation);
  }

  /** With the constants in a second file in any case. */
  public WriteOptions withExternalData() {
    return withLargestFile(0);
  }

  /** With one more property. */
  public WriteOptions withProperty(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(properties);
    more.put(key, value);
    return new WriteOptions(opset, symbolicBatch, largestFile, more, documentation);
  }

  /** With a text about the model. */
  public WriteOptions withDocumentation(String text) {
    return new WriteOptions(opset, symbolicBatch, largestFile, properties, text);
  }
}
