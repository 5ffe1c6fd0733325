import os, time, statistics, subprocess, pytest
from tests.desks.browsing import chromium, serving, visit
from tests.eyes.peers import rtsp_peer
from tests.eyes.conftest import *
from tests.desks.test_in_a_browser import session
pytestmark=[pytest.mark.django_db(transaction=True)]
def test_it(town, burglary, declare):
    with rtsp_peer() as p, chromium() as b, serving() as a:
        declare(rtsp=p.address("live"))
        v=visit(b,a,session(town,town.operator),language="fr")
        pg=v.page(); pg.goto(f"{a}/veille/{burglary}/"); pg.wait_for_selector("body[data-ready]")
        def once():
            pg.keyboard.press("v"); 
            return pg.evaluate("""async()=>{const t0=performance.now(); for(;;){ if(document.querySelector('.look')){var t1=t1||performance.now(); if(document.querySelector('.look-at').textContent) return [t1-t0, performance.now()-t0];} await new Promise(r=>requestAnimationFrame(r)); }}""")
        warm=[];cold=[]
        for i in range(5):
            cold.append(once()); time.sleep(1)
            pg.locator(".look button").click(); time.sleep(.5)
            warm.append(once()); time.sleep(.5); pg.locator(".look button").click(); time.sleep(5.5)
        print("COLD", cold); print("WARM", warm)
