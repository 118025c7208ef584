"""Pages of the size that pages of real sites have."""


def framed(body: bytes, size: int) -> bytes:
    """The page with navigation before its content and thumbnails and a script after it, up to `size` bytes.

    One that has as many stays as it is."""
    menu, thumbnails, number = [], [], 0
    while sum(map(len, menu)) + sum(map(len, thumbnails)) + len(body) < size * 0.8:
        number += 1
        menu.append(
            f'<li class="menu-item"><a class="menu-link" href="/search?system={number}">Menu item {number}</a></li>'
        )
        thumbnails.append(
            f'<div class="thumb"><a href="/images/{number}"><img src="/thumbs/{number}.jpg" alt="" width="96">'
            f'<span class="thumb-title">Image {number}</span></a></div>'
        )
    script = f"<script>window.images = [{', '.join(str(n) for n in range(int(size * 0.2 / 6)))}];</script>"
    before = f'<div class="frame"><ul>{"".join(menu)}</ul></div><main>'
    after = f'</main><div class="thumbs">{"".join(thumbnails)}</div>{script}'
    return body.decode().replace("<main>", before, 1).replace("</main>", after, 1).encode()
