package org.pellucid.core;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.Tensor;

/**
 * A target that is a fixed sum of a tensor's numbers, so that its derivative by them is known
 * without any image: what can be written into a model.
 *
 * @param description what it is, as the model's metadata say it
 * @param reads the tensor that it reads
 * @param seed the derivative by each of the tensor's numbers of one sample, row-major
 */
record FixedTarget(String description, Tap reads, double[] seed) {
  /** Nothing is asked of an image before one is there. */
  private static final TargetText.Answering NO_IMAGE =
      new TargetText.Answering() {
        @Override
        public Tensor read(Subject subject, Tap tensor) {
          throw new IllegalStateException("There is no image");
        }

        @Override
        public Subject prepare(Path file) {
          throw new IllegalStateException("There is no image");
        }
      };

  /**
   * Understands a text.
   *
   * @throws InvalidRequestException if it names what the model does not have, or several targets,
   *     or one that depends on an image
   */
  static FixedTarget of(Classifier classifier, String text) {
    TargetPlan plan = new TargetText(classifier, NO_IMAGE).read(text);
    List<Target> known = plan.known().orElseThrow(() -> refusal(classifier, text));
    if (known.size() != 1) {
      throw refusal(classifier, text);
    }
    String tensor = plan.reads().tensor();
    int size = Math.toIntExact(OneSample.shape(classifier.graph(), tensor).size());
    Target target = known.get(0);
    Optional<double[]> seed = target.constantSeed(size);
    return new FixedTarget(
        target.classIndex().isPresent()
            ? String.valueOf(target.classIndex().getAsInt())
            : target.describe(),
        plan.reads(),
        seed.orElseThrow(() -> refusal(classifier, text)));
  }

  private static InvalidRequestException refusal(Classifier classifier, String text) {
    boolean segments = classifier.head().segmentation().isPresent();
    return new InvalidRequestException(
        "Target \""
            + text
            + "\" was asked for, which depends on the image"
            + (segments ? ": in a segmentation a class is meant where the model sees it" : "")
            + "; a differentiated model takes "
            + DifferentiationRequest.CLASS_INPUT
            + (segments
                ? ""
                : ", top, a class by index or label, contrast:A,B, sum:C=W,..., positive, negative")
            + ", output[:NAME][:I] and neuron:LAYER@K[,R,C]");
  }
}
