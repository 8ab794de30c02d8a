package org.pellucid.bench;

import java.util.Map;
import java.util.function.Function;

/** What is measured, and how many forward passes of one image it is compared with. */
public enum Work {
  /** Scores alone. */
  FORWARD("forward pass", 1, Subject::forward),
  /** Scores of five images at once. */
  FORWARD_OF_5("forward pass of 5 images", 5, subject -> subject.forward(5)),
  /** Grad-CAM at the last layer. */
  GRAD_CAM("Grad-CAM", 1, subject -> subject.explain("grad-cam", Map.of())),
  /** Grad-CAM++ at the last layer. */
  GRAD_CAM_PLUS_PLUS("Grad-CAM++", 1, subject -> subject.explain("grad-cam++", Map.of())),
  /** Smooth Grad-CAM++ of 25 samples at the last layer. */
  SMOOTH_GRAD_CAM_PLUS_PLUS(
      "Smooth Grad-CAM++, n = 25",
      25,
      subject -> subject.explain("smooth-grad-cam++", Map.of("samples", "25"))),
  /** Score-CAM at the last layer, of the 64 feature maps that vary most: the image 65 times. */
  SCORE_CAM_OF_64(
      "Score-CAM, 64 maps", 65, subject -> subject.explain("score-cam", Map.of("top", "64"))),
  /** The gradient at the input, through the whole network. */
  INPUT_GRADIENT("gradient at the input", 1, Subject::inputGradient);

  private static final int MOST_BESIDE = 5;

  private final String label;
  private final int passes;
  private final Function<Subject, Object> task;

  Work(String label, int passes, Function<Subject, Object> task) {
    this.label = label;
    this.passes = passes;
    this.task = task;
  }

  /** A few words for a table. */
  String label() {
    return label;
  }

  /** The forward passes of one image that it is compared with. */
  int passes() {
    return passes;
  }

  /** How many forward passes to do before it, and as many after it, to compare it with. */
  int beside() {
    return Math.max(1, Math.min(MOST_BESIDE, passes / 2));
  }

  /** Does it once. */
  Object on(Subject subject) {
    return task.apply(subject);
  }
}
