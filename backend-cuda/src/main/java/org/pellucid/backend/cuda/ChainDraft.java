package org.pellucid.backend.cuda;

import java.util.List;

/**
 * A chain of element-wise operations.
 *
 * @param target where its result goes
 * @param wide whether {@code real} is double
 */
record ChainDraft(Chain chain, Place target, boolean wide) implements Draft {
  @Override
  public List<Step> steps() {
    return List.of(chain.launch(target, wide));
  }
}
