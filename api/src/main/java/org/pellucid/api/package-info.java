/**
 * The contracts everything hangs from: backends answer questions about a model, explainers ask them
 * and do arithmetic on the answers; neither knows the other. Depends on the graph alone.
 */
package org.pellucid.api;
