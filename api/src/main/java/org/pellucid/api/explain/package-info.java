/**
 * For those who write a method: the formula of a layer's weights alone ({@link
 * org.pellucid.api.explain.ClosedFormMethod}), or the steps that methods share: a selection fitted
 * to a layer ({@link org.pellucid.api.explain.SelectedLayer}), why there is nothing to show ({@link
 * org.pellucid.api.explain.Degeneracy}), and the saliency with its status, warnings and table
 * ({@link org.pellucid.api.explain.SaliencyReport}).
 */
package org.pellucid.api.explain;
