// What the theme leaves out for those who hear the page or move in it by keyboard.
addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll(".formula, .pictures, .output_html"))
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0; // moves sideways on a phone
  for (const search of document.querySelectorAll(".search-button-field"))
    search.ariaLabel = search.textContent.replace(/\s+/g, " ").trim(); // "Search Ctrl+K"
  for (const opener of document.querySelectorAll("summary:has(> .toctree-toggle)"))
    opener.ariaLabel = "Pages of this section";
});
