package org.pellucid.core;

import java.util.Map;

/**
 * How an explanation was made, so that it can be made again.
 *
 * @param pellucid the version of this software
 * @param model the model's file name
 * @param modelSha256 SHA-256 of the model file
 * @param input the image's or array's file name, empty where there is none
 * @param preset how the image became numbers
 * @param method the explainer's id
 * @param target what was to be explained, as it was asked for
 * @param reads the tensor that the target reads
 * @param options all its options as users write them
 * @param backend the backend's id
 * @param engine what the backend says of its version
 * @param device where it ran
 * @param precision the arithmetic of the network
 * @param java the version of the Java runtime
 */
public record Provenance(
    String pellucid,
    String model,
    String modelSha256,
    String input,
    String preset,
    String method,
    String target,
    String reads,
    Map<String, String> options,
    String backend,
    String engine,
    String device,
    String precision,
    String java) {}
