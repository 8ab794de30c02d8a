'use strict';
(function () {
  const root = document.documentElement;
  const opacity = document.getElementById('opacity');
  const shown = document.getElementById('opacity-shown');
  const maps = document.getElementById('maps');
  const only = document.getElementById('only');
  function draw() {
    root.style.setProperty('--opacity', maps.checked ? opacity.value / 100 : 0);
    shown.value = opacity.value + ' %';
    opacity.disabled = !maps.checked;
  }
  function filter() {
    document.querySelectorAll('section[data-verdict]').forEach(function (section) {
      section.classList.toggle('hidden', only.checked && section.dataset.verdict === 'AGREES');
    });
  }
  opacity.addEventListener('input', draw);
  maps.addEventListener('change', draw);
  only.addEventListener('change', filter);
  document.addEventListener('keydown', function (event) {
    if (event.key === 'm' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      maps.checked = !maps.checked;
      draw();
    }
  });
  document.getElementById('controls').hidden = false;
  draw();
  filter();
})();
