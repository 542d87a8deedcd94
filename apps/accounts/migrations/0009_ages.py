"""What housekeeping looks for by age. Concurrently: people sign in meanwhile."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('accounts', '0008_waiting_identities'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='onetimetoken',
            index=models.Index(fields=['expires_at'], name='one_time_token_end'),
        ),
        AddIndexConcurrently(
            model_name='refreshtoken',
            index=models.Index(fields=['created_at'], name='refresh_token_age'),
        ),
        AddIndexConcurrently(
            model_name='session',
            index=models.Index(fields=['expires_at'], name='session_end'),
        ),
        AddIndexConcurrently(
            model_name='signupassessment',
            index=models.Index(fields=['created_at'], name='signup_age'),
        ),
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(condition=models.Q(('pending', True)), fields=['created_at'], name='user_pending'),
        ),
    ]
