package org.pellucid.core.evaluate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Progress;
import org.pellucid.api.Tap;
import org.pellucid.core.Examination;
import org.pellucid.core.Foreseen;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Subject;
import org.pellucid.graph.Tensor;

/**
 * One image and one class on one backend, with what all methods and metrics have in common.
 *
 * @param pellucid the model on the backend
 * @param model the network in the form that is asked
 * @param subject the image
 * @param examination of it
 * @param probability asks for the probability of the class
 * @param objects those of the class
 * @param seed of what is drawn for this image
 */
record Scene(
    Pellucid pellucid,
    LoadedModel model,
    Subject subject,
    Examination examination,
    ModelProbe probability,
    List<ObjectMask> objects,
    long seed) {
  /** Copies the list. */
  Scene {
    objects = List.copyOf(objects);
  }

  /** A class of an image. */
  static Scene of(
      Pellucid pellucid,
      LoadedModel model,
      Subject subject,
      Examination examination,
      List<ObjectMask> objects,
      long seed) {
    return new Scene(
        pellucid,
        model,
        subject,
        examination,
        examination.probe().with(pellucid.probability(examination.target())),
        objects,
        seed);
  }

  /** The same class of a changed image. */
  Examination examine(Tensor input) {
    Subject changed =
        new Subject(
            subject.name(), replaced(input), subject.image(), subject.geometry(), subject.space());
    return examine(model, changed);
  }

  private Map<String, Tensor> replaced(Tensor input) {
    Map<String, Tensor> inputs = new java.util.HashMap<>(subject.inputs());
    inputs.put(pellucid.input(), input);
    return inputs;
  }

  /** The same class of the image in another network of the same names. */
  Examination examine(LoadedModel other) {
    return examine(other, subject);
  }

  private Examination examine(LoadedModel other, Subject changed) {
    return pellucid
        .examine(other, changed, examination.choice(), Foreseen.NOTHING, Progress.NONE)
        .get(0);
  }

  /** What is read when a contender is explained. */
  Set<Tap> reads() {
    return Set.of(pellucid.reads(examination.choice()));
  }
}
