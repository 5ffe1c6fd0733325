import time, asyncio, pytest
from tests.eyes.test_moving import *  # noqa
from tests.eyes.conftest import *  # noqa
from tests.desks.conftest import *  # noqa
from django.urls import reverse
pytestmark = [pytest.mark.django_db(transaction=True)]
def test_measure(town, camera):
    mine = look(town.operator)
    client = town.signed_in(town.operator)
    turn = moving.move(member=town.operator, look=mine, act="left")
    asyncio.run(turning.perform(turn))
    def q(f, n=60):
        took=[]
        for i in range(n):
            t=time.perf_counter(); f(i); took.append((time.perf_counter()-t)*1000)
        took.sort(); return round(took[n//2],1), round(took[int(n*.95)],1)
    print("write", q(lambda i: moving.move(member=town.operator, look=mine, act=("up","down")[i%2])))
    print("send", q(lambda i: asyncio.run(turning.perform(turn))))
    print("whole POST", q(lambda i: client.post(reverse("look_move",args=[mine]),{"act":("up","down")[i%2]})))
