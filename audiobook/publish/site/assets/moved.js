// The page at a former address of a work: leads to its present one, at the same place.
location.replace(document.getElementById('moved').href + location.hash);
