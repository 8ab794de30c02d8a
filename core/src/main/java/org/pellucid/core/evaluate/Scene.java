package org.pellucid.core.evaluate;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.api.Inputs;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Progress;
import org.pellucid.core.Examination;
import org.pellucid.core.Foreseen;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Subject;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * One image and one class on one backend, with what all methods and metrics have in common: what
 * they ask of changed images, and of changed networks, is remembered as long as there is memory for
 * it.
 */
final class Scene {
  private static final int MOST_REMEMBERED = 64;

  private final Pellucid pellucid;
  private final LoadedModel model;
  private final Subject subject;
  private final Foreseen foreseen;
  private final Examination examination;
  private final ModelProbe probability;
  private final List<ObjectMask> objects;
  private final long seed;
  private final Answers ofImage;
  private final Cache<Object, Examination> others =
      CacheBuilder.newBuilder().softValues().maximumSize(MOST_REMEMBERED).build();

  /**
   * A class of an image.
   *
   * @param pellucid the model on the backend
   * @param model the network in the form that is asked
   * @param foreseen what all methods will ask
   * @param objects those of the class
   * @param seed of what is drawn for this image
   * @param ofImage what was worked out of the image, whatever the class
   */
  Scene(
      Pellucid pellucid,
      LoadedModel model,
      Subject subject,
      Foreseen foreseen,
      Examination examination,
      List<ObjectMask> objects,
      long seed,
      Answers ofImage) {
    this.pellucid = pellucid;
    this.model = model;
    this.subject = subject;
    this.foreseen = foreseen;
    this.examination = examination;
    this.probability = examination.probe().with(pellucid.probability(examination.target()));
    this.objects = List.copyOf(objects);
    this.seed = seed;
    this.ofImage = ofImage;
  }

  Pellucid pellucid() {
    return pellucid;
  }

  Subject subject() {
    return subject;
  }

  Examination examination() {
    return examination;
  }

  /** Asks for the probability of the class. */
  ModelProbe probability() {
    return probability;
  }

  List<ObjectMask> objects() {
    return objects;
  }

  long seed() {
    return seed;
  }

  /** What was worked out of the image, whatever the class. */
  Answers ofImage() {
    return ofImage;
  }

  private record Changed(Object identity, int index) {}

  /** The same class of a changed image; those after it are asked along with it. */
  Examination examine(Inputs maps, int index) {
    Optional<Object> identity = maps.identity();
    if (identity.isEmpty()) {
      return examine(maps, index, index + 1).get(0);
    }
    Object key = new Changed(identity.get(), index);
    Examination known = others.getIfPresent(key);
    if (known == null) {
      List<Examination> found =
          examine(maps, index, Math.min(maps.count(), index + MOST_REMEMBERED));
      for (int i = 0; i < found.size(); i++) {
        others.put(new Changed(identity.get(), index + i), found.get(i));
      }
      known = found.get(0);
    }
    return known;
  }

  private List<Examination> examine(Inputs maps, int from, int to) {
    Inputs variants = examination.probe().variants(maps);
    List<Subject> changed = new ArrayList<>();
    for (int index = from; index < to; index++) {
      Map<String, Tensor> inputs = new HashMap<>(subject.inputs());
      inputs.put(pellucid.input(), variants.get(index));
      changed.add(
          new Subject(
              subject.name(), inputs, subject.image(), subject.geometry(), subject.space()));
    }
    return pellucid.examineEach(model, changed, examination.choice(), foreseen);
  }

  private record InNetwork(Object key) {}

  /** The same class of the image in another network of the same names. */
  Examination examine(Object key, Supplier<ModelGraph> network) {
    Object question = new InNetwork(key);
    Examination known = others.getIfPresent(question);
    if (known == null) {
      LoadedModel other = model.companion(key, model.options(), network);
      known =
          pellucid.examine(other, subject, examination.choice(), foreseen, Progress.NONE).get(0);
      others.put(question, known);
    }
    return known;
  }
}
